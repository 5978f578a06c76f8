"""DIALOGUE: a turn whose action gave no answer is dropped. An adaptation of 3.6.21 and of no other version.

Stock goes on as if the action had done nothing: a clear complaint is answered with the words for what is not
understood, and the talk is kept with a turn by half.
"""

import asyncio
import logging
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.exceptions import RasaException

from nlu.rasa_version import require

log = logging.getLogger(__name__)
_stock_run, _stock_handle = RemoteAction.run, MessageProcessor.handle_message
_stock_look = MessageProcessor.fetch_full_tracker_with_initial_session


class ActionLost(BaseException):
    """The action server did not answer, or not as an action does. No Exception, for Rasa goes on after those."""


async def run(action: RemoteAction, *given: Any) -> Any:
    """Stock's, but that what keeps an action from answering ends the turn. A form's refusal does not."""
    try:
        return await _stock_run(action, *given)
    except ActionExecutionRejection:
        raise
    except (RasaException, ValidationError, asyncio.TimeoutError) as error:
        raise ActionLost(action.name()) from error


async def handle_message(processor: MessageProcessor, message: UserMessage) -> Any:
    """Stock's, but that a turn without its action says nothing and is not remembered: it may be taken again."""
    try:
        return await _stock_handle(processor, message)
    except ActionLost as lost:
        log.error("%s gave no answer: the turn is dropped", lost)
        if isinstance(message.output_channel, CollectingOutputChannel):
            message.output_channel.messages.clear()
        return None


async def look(processor: MessageProcessor, *given: Any, **more: Any) -> Any:
    """Stock's, which begins a talk that it does not know: one that could not be begun is not known.

    Raises RasaException then, which the HTTP API answers with 500.
    """
    try:
        return await _stock_look(processor, *given, **more)
    except ActionLost as lost:
        raise RasaException("the talk could not be begun") from lost


def install() -> None:
    """Put these in place. Raises WrongRasa on any other version of Rasa."""
    require("nlu/whole_turn.py")
    RemoteAction.run = run
    MessageProcessor.handle_message = handle_message
    MessageProcessor.fetch_full_tracker_with_initial_session = look
