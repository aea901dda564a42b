"""The stand-in with the Nx that the sample uses."""
