"""Audio in, words out; words in, audio out. Knows no shop, no intent and no price."""
