"""The names of the embedding models that OnRecord brings along, apart from the models, so that naming one loads none.

An index says with which model its passages were embedded.
"""

from typing import Final

MINILM: Final = "all-MiniLM-L6-v2-int8"  # knows English alone
MULTILINGUAL_E5: Final = "multilingual-e5-small-int8"  # of the extra `multilingual`
