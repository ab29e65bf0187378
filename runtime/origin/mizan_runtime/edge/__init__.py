"""The origin's side of the Edge's wire: signed intents in, what a request wrote out, deadlines kept."""
