"""A made-up company with three estates, so that everything can be tried without a telephone account."""
