"""Signals that a training listens to."""

import signal

import pytest

from adaptive_spacy.training.resume.signals import Interrupted, Interruption


def test_signal_is_remembered_and_handlers_come_back() -> None:
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    former = [signal.getsignal(one) for one in numbers]
    interruption = Interruption()
    with interruption.listening():
        interruption.check()
        signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(one) for one in numbers] == former
    with pytest.raises(Interrupted, match="Stopped by SIGTERM") as error:
        interruption.check()
    assert error.value.number == signal.SIGTERM


def test_signal_that_is_ignored_stays_ignored() -> None:
    """As the hang-up of a training that `nohup` has started."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption = Interruption()
    try:
        with interruption.listening():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)
    assert interruption.number is None
