# What R's own `surveillance` says of the series in a file: the reference that our numpy
# versions are held to. Run by `make check-farrington`.
# Usage: Rscript farrington.R SERIES.csv SETTINGS.csv ANSWERS.csv EARS.csv
#
# SERIES    series, week, count, population (empty: a regression of counts, not of rates)
# SETTINGS  series and, by R's own names, the arguments of one call
# ANSWERS   one line a line of SETTINGS, in the same order
# EARS      the upper bounds of the last weeks of each series

suppressPackageStartupMessages(library(surveillance))

paths <- commandArgs(trailingOnly = TRUE)
all_series <- split(read.csv(paths[1]), read.csv(paths[1])$series)
settings <- read.csv(paths[2], stringsAsFactors = FALSE)

weeks_of <- function(series) {
  population <- series$population
  if (anyNA(population)) population <- rep(1, nrow(series))
  sts(observed = series$count, frequency = 52, population = matrix(population, ncol = 1))
}

answer <- function(setting) {
  series <- all_series[[as.character(setting$series)]]
  control <- list(
    range = nrow(series), b = setting$b, w = setting$w, noPeriods = setting$noPeriods,
    pastWeeksNotIncluded = setting$pastWeeksNotIncluded, reweight = setting$reweight,
    weightsThreshold = 2.58, thresholdMethod = setting$thresholdMethod,
    alpha = setting$alpha, trend = setting$trend,
    populationOffset = !anyNA(series$population), limit54 = c(5, 4), glmWarnings = FALSE
  )
  found <- tryCatch(
    suppressWarnings(farringtonFlexible(weeks_of(series), control)),
    error = function(problem) NULL
  )
  if (is.null(found)) return(data.frame(
    series = setting$series, expected = NA, upper = NA, p_value = NA, alarm = NA,
    phi = NA, slope = NA, has_failed = TRUE
  ))
  data.frame(
    series = setting$series,
    expected = found@control$expected[1, 1], upper = found@upperbound[1, 1],
    p_value = found@control$pvalue[1, 1], alarm = as.logical(found@alarm[1, 1]),
    phi = found@control$phiVector[1, 1], slope = found@control$trendVector[1, 1],
    has_failed = FALSE
  )
}

bounds <- function(number, method) {
  control <- list(method = method, alpha = 0.001, minSigma = 0.5)
  found <- earsC(weeks_of(all_series[[number]]), control = control)
  last <- tail(found@upperbound[, 1], 4)
  data.frame(series = number, method = method, weeks_before_n = 3:0, upper = last)
}

keep <- function(table, path) {
  versions <- c(
    R.version.string, paste("surveillance", packageVersion("surveillance"))
  )
  writeLines(paste("#", versions), path)
  numbers <- vapply(table, is.double, logical(1))
  table[numbers] <- lapply(table[numbers], formatC, digits = 12, format = "g", width = 1)
  suppressWarnings(write.table(
    table, path, append = TRUE, sep = ",", quote = FALSE, row.names = FALSE
  ))
}

keep(
  do.call(rbind, lapply(seq_len(nrow(settings)), function(n) answer(settings[n, ]))), paths[3]
)
ears <- lapply(names(all_series)[1:40], function(number) {
  do.call(rbind, lapply(c("C1", "C2"), function(method) bounds(number, method)))
})
keep(do.call(rbind, ears), paths[4])
