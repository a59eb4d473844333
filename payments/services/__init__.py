"""What moves money. Nothing here asks the card company anything inside a transaction: reserve, commit, call, record.

Rows are locked in the house's order: the course first, then what stands under it, payments last (`locks`).
"""
