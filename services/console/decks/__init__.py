"""The customer-management deck: from figures to slides, and from slides to PPTX, HTML and PDF."""
