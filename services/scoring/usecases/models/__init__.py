"""The life of models: trained, judged, promoted, rolled back, trained again."""
