enum PlaceholderMicrosoft365 {}
