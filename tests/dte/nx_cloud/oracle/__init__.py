"""The last public full client of Nx Cloud, as the oracle for the stand-in's client.

It is installed from npm into a temporary folder, run unmodified, and never distributed
with dte (its license is CC-BY-ND-3.0). Today's client comes from Nx Cloud itself and
may differ.
"""
