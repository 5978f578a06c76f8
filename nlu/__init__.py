"""UNDERSTANDING and DIALOGUE: Rasa 3.6.21 in quarantine. No secrets, no database, loopback only."""
