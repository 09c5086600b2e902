library(readr)
source("R/helpers.R")
raw <- read_csv(file.path("data", "raw", "survey.csv"))
write_csv(clean(raw), file.path("data", "derived", "survey.csv"))
