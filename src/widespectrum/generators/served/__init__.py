"""Generators behind APIs: asked patiently, paid once, never replaced by a placeholder.

==================  ==============================================================================
`settings`          what people set, and what a catalog entry's recipe adds: the request's fields
`commissions`       one picture to ask for, and the key under which it is found again
`painting`          asking for pictures as a way to put questions (`widespectrum.endpoints.ways`)
`chat`              models that talk and paint, behind a routing service
`openai_images`     OpenAI's images API
`predictions`       Replicate: begun, asked after, fetched
`fetching`          a finished picture, from where it may be fetched
`verifying`         from what came to a picture, or to the reason why it is none
`generator`         all of that behind the ordinary contract
==================  ==============================================================================

What a failure is called says whose it is: see ``docs/models/served.md``.
"""

from widespectrum.generators.served.chat import ChatSettings, chat_generator
from widespectrum.generators.served.generator import ServedGenerator
from widespectrum.generators.served.openai_images import ImagesSettings, images_generator
from widespectrum.generators.served.predictions import PredictionSettings, prediction_generator
from widespectrum.generators.served.settings import PainterSettings

__all__ = [
    "ChatSettings",
    "ImagesSettings",
    "PainterSettings",
    "PredictionSettings",
    "ServedGenerator",
    "chat_generator",
    "images_generator",
    "prediction_generator",
]
