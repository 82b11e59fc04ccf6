enum PlaceholderJobQueue {}
