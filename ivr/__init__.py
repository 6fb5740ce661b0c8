"""How a call talks: flows, prompts, TwiML, speech, inputs, calls, webhooks, text messages."""
