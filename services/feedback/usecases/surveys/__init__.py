"""Surveys: define them, invite people, take their answers, count them."""
