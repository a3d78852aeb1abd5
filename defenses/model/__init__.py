"""Defences that publish a trained model in place of the people it was trained on.

- ``dp-logistic`` -- a logistic regression trained with noise
"""
