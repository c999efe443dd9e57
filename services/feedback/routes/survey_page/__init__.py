"""The page on which people answer a survey, without scripts and without another host."""
