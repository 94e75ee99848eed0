"""What many deployments at once cost, beside what a user has today and beside the floor: `make bench`."""
