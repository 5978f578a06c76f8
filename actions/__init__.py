"""ACTION: Rasa's door into casework. Each class takes one turn; the rules live in casework."""
