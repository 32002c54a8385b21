self.six = 6;
