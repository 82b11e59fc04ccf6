enum PlaceholderExecutors {}
