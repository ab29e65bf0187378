"""The version that browsers compare with theirs."""

VERSION = "1.0.0"
