"""Writers: from captions to prompts, by a VLM or by templates, checked after writing.

=============  ===================================================================================
`tasks`        a kind of text as data: fields in, wording, answer, checks
`answers`      the schema of a task's answer, and its strict reading
`endpoint`     a VLM behind an OpenAI-compatible endpoint
`drafting`     how it is asked, checked and told what is wrong
`templates`    the offline versions
`registry`     from a name to a writer
`items`        what texts are written from
`written`      texts as a table, with where each comes from
`checking`     the checks on a table that is there already
=============  ===================================================================================

The contracts are `widespectrum.prompts.PromptWriter` and `TextWriter`. See ``docs/prompts.md``.
"""

from widespectrum.writers.checking import CHECKED_SCHEMA, check_table
from widespectrum.writers.drafting import EndpointTexts
from widespectrum.writers.endpoint import EndpointWriter
from widespectrum.writers.items import BUILTIN, TOPICS, read_items
from widespectrum.writers.registry import load_writer, texts_by, writer_registry
from widespectrum.writers.tasks import TASKS, TextTask, load_task
from widespectrum.writers.templates import TEMPLATES, Templates, TemplateTexts
from widespectrum.writers.written import WrittenTexts, write_texts

__all__ = [
    "BUILTIN",
    "CHECKED_SCHEMA",
    "TASKS",
    "TEMPLATES",
    "TOPICS",
    "EndpointTexts",
    "EndpointWriter",
    "TemplateTexts",
    "Templates",
    "TextTask",
    "WrittenTexts",
    "check_table",
    "load_task",
    "load_writer",
    "read_items",
    "texts_by",
    "write_texts",
    "writer_registry",
]
