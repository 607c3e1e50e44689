"""The shop: catalogue, cart, quotes, PINs and orders. Has never heard of speech, intents or prompts."""
