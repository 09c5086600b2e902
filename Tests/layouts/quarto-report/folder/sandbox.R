x <- readRDS('scratch/x.rds')
saveRDS(x, 'scratch/y.rds')
