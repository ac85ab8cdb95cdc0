"""Checking derivatives: against differences, against each other, and statement by statement where they are wrong.

>>> from srcad.testing import check_derivatives
>>> check_derivatives(lambda x: x**3, (2.0,)).ok
True
"""

from srcad.testing.checks import check_derivatives
from srcad.testing.gradient import check_gradient
from srcad.testing.report import Fault, Report, Row

__all__ = ["Fault", "Report", "Row", "check_derivatives", "check_gradient"]
