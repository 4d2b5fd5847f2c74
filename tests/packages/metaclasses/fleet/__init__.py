from .schema import Schema, Field, order
from .single import Single, Machine
