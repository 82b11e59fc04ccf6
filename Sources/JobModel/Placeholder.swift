enum PlaceholderJobModel {}
