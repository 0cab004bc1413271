"""What deliberation listens to: one file per upstream service. Notifications tells nothing it needs yet."""
