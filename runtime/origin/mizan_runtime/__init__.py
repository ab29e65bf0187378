"""What runs beside the user's Django code in a release: start, health, settings overlay, migrations, probe."""
