"""See what people do with an AI assistant, without reading what any one person said."""
