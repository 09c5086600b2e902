def test_nothing():
    open('experiments/left.csv', 'w').write('1')
