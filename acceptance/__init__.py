"""The acceptance suite: proves or disproves each assumption about AWS in somebody's account (`make test-aws`)."""
