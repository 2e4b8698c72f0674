"""What governments could do and what it turns on: contested signs, and which side the assumptions favour."""
