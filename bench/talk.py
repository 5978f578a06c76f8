"""`make talk`: the dialogue in a terminal, one line a message; reads lines from a pipe too."""

import sys

from bench.stack import Talk, stack
from bot.library import words
from bot.messages import Reply


def main() -> None:
    """Talk until the input ends. `#2` presses the second button of the last reply."""
    with stack() as running:
        talk = Talk(running)
        print(words("terminal_hint"), flush=True)
        for line in iter(sys.stdin.readline, ""):
            text = line.rstrip("\n")
            if not sys.stdin.isatty():
                print(f"\n{words('terminal_citizen', text=text)}")
            answer(talk, text)
            for reply in talk.replies:
                show(reply)


def answer(talk: Talk, text: str) -> None:
    """Send a line, or press the button it names."""
    titles = [button.title for reply in talk.replies for button in reply.buttons]
    if text.startswith("#") and text[1:].isdigit() and 0 < int(text[1:]) <= len(titles):
        talk.press(titles[int(text[1:]) - 1])
    else:
        talk.say(text)


def show(reply: Reply) -> None:
    """One bubble with its buttons."""
    print(words("terminal_assistant", text=reply.text))
    for button in reply.buttons:
        print(f"      [{button.title}]")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
