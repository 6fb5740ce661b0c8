"""The office's recordings for the telephone: fetched by the provider when a document plays them.

No signature is asked for: the address cannot be guessed, it never changes its content, and a prompt is no secret.
"""

from flask import Blueprint, Response, request
from sqlalchemy import select

from infra.runtime import Runtime
from ivr.word_models import PromptRecording


def create_sounds(runtime: Runtime) -> Blueprint:
    """The addresses below `/prompts`."""
    blueprint = Blueprint("prompts", __name__, url_prefix="/prompts")

    @blueprint.get("/<int:row_id>-<digest>.wav")
    def sound(row_id: int, digest: str) -> Response:
        with runtime.transaction() as tx:
            audio = tx.scalar(
                select(PromptRecording.audio).where(
                    PromptRecording.id == row_id, PromptRecording.digest == digest
                )
            )
        if audio is None:
            return Response(status=404)
        answer = Response(audio, mimetype="audio/wav")
        answer.set_etag(digest)
        answer.cache_control.max_age, answer.cache_control.public = 31_536_000, True
        made: Response = answer.make_conditional(request)  # type: ignore[assignment]
        return made

    return blueprint
