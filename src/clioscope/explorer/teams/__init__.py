"""The explorer for teams: sign-in with an OpenID Connect provider, roles by group and run, sessions and tokens."""
