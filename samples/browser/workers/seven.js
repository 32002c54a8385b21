self.seven = 7;
