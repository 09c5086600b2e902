import features
import joblib

joblib.dump(features.fit(), 'models/model.pkl')
