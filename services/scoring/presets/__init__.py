"""Programmes to start from: documents as a marketer would write them, packaged as they stand."""
