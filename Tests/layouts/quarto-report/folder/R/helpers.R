clean <- function(x) x[complete.cases(x), ]
