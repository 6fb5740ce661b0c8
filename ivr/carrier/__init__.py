"""The carrier: a loopback stand-in for Twilio, for the demo, the terminal phone and the tests.

It fetches our TwiML with signed requests, plays it by Twilio's rules, answers the part of the REST API
that we use, and sends the callbacks. It knows nothing of the product: only its URLs and its numbers.
"""
