"""The Edge manifest of an app that is written with the Mizan framework."""
