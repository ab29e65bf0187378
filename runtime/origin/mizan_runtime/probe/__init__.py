"""Finds out what the app's real settings say, without letting a value of a secret leave the process."""
