"""ACTION: Rasa's door into casework. Each class takes one turn; the rules live in casework."""

from sanic.worker.manager import WorkerManager

# In tenths of a second. Where the machine has much else to do at the start, a worker of the action
# server takes longer than Sanic's 30 s; Sanic then ends them all, and the supervisor begins anew.
WorkerManager.THRESHOLD = 2400
