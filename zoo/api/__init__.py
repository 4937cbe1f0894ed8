"""What the command line and ``import zoo`` offer: the registry, the recommender and training, joined.

The three packages know nothing of each other; whatever needs two of them stands below. Heavy imports happen
inside the functions.
"""

from zoo.api.audio import export_model, render_file, save_capture
from zoo.api.home import open_registry
from zoo.api.listening import listening_results, listening_test
from zoo.api.models import import_models, list_models, load_model, pull_collection, search_models
from zoo.api.pedal import deploy_bank, pack_bank, read_bank
from zoo.api.portraying import write_model_report
from zoo.api.recommending import evaluate, suggest, write_report
from zoo.api.sharing import pull_from_hub, push_model, push_zoo
from zoo.api.showing import demonstrate
from zoo.api.simulating import prepare_pedal
from zoo.api.training import batch, compare, prune, study, tune
from zoo.recording import list_circuits, record_circuit, write_capture_signal

__all__ = [
    "batch",
    "compare",
    "demonstrate",
    "deploy_bank",
    "evaluate",
    "export_model",
    "import_models",
    "list_circuits",
    "list_models",
    "listening_results",
    "listening_test",
    "load_model",
    "open_registry",
    "pack_bank",
    "prepare_pedal",
    "prune",
    "pull_collection",
    "pull_from_hub",
    "push_model",
    "push_zoo",
    "read_bank",
    "record_circuit",
    "render_file",
    "save_capture",
    "search_models",
    "study",
    "suggest",
    "tune",
    "write_capture_signal",
    "write_model_report",
    "write_report",
]
