"""What comes with Tierline to start from, packaged as it stands."""
