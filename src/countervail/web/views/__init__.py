"""What the views of the page show beside the simulator: rules, chips, evidence, mechanisms, scores. Plain data."""
