"""Claims a namespace, and packs, validates and publishes the orb.

CI publishes releases by itself; this is for the first one, for a private orb, and for
trying.
"""
