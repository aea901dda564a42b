"""The last public full client of Nx Cloud, as the oracle for the stand-in's client.

The tests install it from npm into a temporary folder and run it unmodified. It is never
distributed with dte (its license is CC-BY-ND-3.0). Today's client comes from Nx Cloud
itself and may differ.
"""
