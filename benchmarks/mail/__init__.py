"""Mails per second beside plain smtplib, workers that share them, and how long from a commit until the mail is accepted."""
